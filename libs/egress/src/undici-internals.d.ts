declare module 'undici/lib/core/symbols.js' {
  interface Symbols {
    readonly kParser: unique symbol;
    readonly kRunning: unique symbol;
    readonly kRunningIdx: unique symbol;
    readonly kQueue: unique symbol;
  }
  const symbols: Symbols;
  export default symbols;
}
