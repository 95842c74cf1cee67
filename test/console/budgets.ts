/** The most that scripts of the console may weigh, in kilobytes (gzip): what every page needs, and a page with all that it needs. */
export const SIZES = { shellKb: 125, pageKb: 165 } as const;
