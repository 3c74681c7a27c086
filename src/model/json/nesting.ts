import { limits } from "../../base/limits.ts";

/**
 * True for a JSON text that is nested deeper than `limits.jsonDepth`: it could be parsed, but not written again, because the stack would not
 * do. A text that is short has no room for that and costs one comparison; of a long one the brackets are counted. What is no JSON
 * gets any answer.
 */
export function isNestedTooDeep(text: string): boolean {
  if (text.length <= 2 * limits.jsonDepth) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === backslash) at++;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (code === openBracket || code === openBrace) {
      if (++depth > limits.jsonDepth) return true;
    } else if (code === closeBracket || code === closeBrace) depth--;
  }
  return false;
}

const quote = 0x22;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
