/** CRC16 of a key's hash tag, or of the whole key, modulo 16,384. */
declare module 'cluster-key-slot' {
  export default function calculateSlot(key: string | Buffer): number;
}
