/** Of the package, when it was built. */
declare const __VERSION__: string;
