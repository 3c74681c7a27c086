/** https://no-color.org: any value but the empty one switches colour off. */
export function wantsColor(
  env: Readonly<Record<string, string | undefined>>,
  stream: NodeJS.WritableStream,
): boolean {
  return "isTTY" in stream && stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}
