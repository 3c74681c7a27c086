/** Every way a got-hooks call can fail, as a closed list; callers match on the code, never on the message. */
export type ErrorCode =
  | "USAGE"
  | "NOT_A_REPOSITORY"
  | "GIT_FAILED"
  | "GIT_TOO_OLD"
  | "UNREADABLE_INPUT"
  | "INVALID_JSON"
  | "INVALID_CONFIG"
  | "LIMIT_EXCEEDED"
  | "WRITE_FAILED"
  | "NOT_INSTALLED"
  | "INSTALL_CONFLICT"
  | "LOCK_UNAVAILABLE"
  | "INVALID_ENTITY"
  | "STORE_UNUSABLE"
  | "MISSING_OBJECT"
  | "INTERNAL";

/** What an error is about, for messages and for `--json`: paths, values, limits. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | null>>;

/**
 * The one error class. `message` is a full sentence without the hint; `hint` says what to do next.
 * Text for people is made from it in `cli/print-error.ts` only.
 */
export class GotError extends Error {
  override readonly name = "GotError";
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;
  readonly hint: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: { facts?: ErrorFacts; hint?: string; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.facts = details.facts ?? {};
    this.hint = details.hint;
  }
}
