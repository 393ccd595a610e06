/** Unsigned numbers of 32 bits, which much that is stored is packed into. */
export type Words = Uint32Array<ArrayBuffer>

/** Words as the little-endian bytes in which they are stored, sharing their memory. */
export function bytesOfWords(words: Words): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength)
}

/** The words in stored bytes, sharing their memory where it is aligned. */
export function wordsOfBytes(bytes: Uint8Array): Words {
  // Not bytes.slice(): that of a Buffer copies nothing.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  return new Uint32Array(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength >>> 2)
}
