import type { FileInput } from "./list-inputs.ts";

/** A part of a log, from the beginning of a line on. */
export function sliceInput(input: FileInput, from: number, to: number): FileInput {
  return {
    ...input,
    size: to - from,
    open: () => {
      const file = input.open();
      const end = from === 0 ? Math.min(to, file.size) : file.size;
      return {
        size: end - from,
        read: (offset, length, scratch) =>
          file.read(from + offset, Math.min(length, end - from - offset), scratch),
        close: file.close,
      };
    },
  };
}
