import { fnvOffset, fnvPrime, scatter } from "../merge/log/hash-bytes.ts";

const hashes = 6;
/** With a line of 100 bytes or more each, one id in a million or fewer is taken for a known one. */
const bitsPerHundredBytes = 32;
const bitsMin = 1 << 13;
const bitsMax = 2 ** 30;
/** Makes the second hash independent of the first. */
const otherOffset = 0x5bd1_e995;

/** Remembers ids in a few bytes each: a Bloom filter. What it does not know was never added; what it knows probably was. */
export class IdSet {
  readonly bits: Uint8Array;

  constructor(bits: Uint8Array) {
    this.bits = bits;
  }

  static forBytes(totalBytes: number): IdSet {
    const wanted = Math.ceil(totalBytes / 100) * bitsPerHundredBytes + 1;
    const bits = Math.min(bitsMax, Math.max(bitsMin, 2 ** Math.ceil(Math.log2(wanted))));
    return new IdSet(new Uint8Array(bits / 8));
  }

  add(id: string): void {
    const first = hashText(id, fnvOffset);
    const step = hashText(id, otherOffset) | 1;
    const mask = this.bits.length * 8 - 1;
    for (let round = 0, at = first; round < hashes; round++, at = (at + step) | 0) {
      const bit = at & mask;
      this.bits[bit >>> 3] = (this.bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
    }
  }

  mayHave(id: string): boolean {
    const first = hashText(id, fnvOffset);
    const step = hashText(id, otherOffset) | 1;
    const mask = this.bits.length * 8 - 1;
    for (let round = 0, at = first; round < hashes; round++, at = (at + step) | 0) {
      const bit = at & mask;
      if (((this.bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

function hashText(text: string, offset: number): number {
  let hash = offset;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), fnvPrime);
  return scatter(hash);
}
