import { doctorLimits } from "./doctor-limits.ts";

/** `a, b, c and 4 more`: what one finding says about many things. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, doctorLimits.namesShown).join(", ");
  const more = names.length - doctorLimits.namesShown;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
