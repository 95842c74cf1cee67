import { shared } from './locale.js';

/** In the reader's locale: `15,094`. */
export const numbers = (options: Intl.NumberFormatOptions = {}): { readonly format: (value: number) => string } => shared((locale) => new Intl.NumberFormat(locale, options));

/** `15,094` */
export const number = numbers();

/** `61.4%`, `99%` */
export const share = numbers({ style: 'percent', maximumFractionDigits: 1 });

/** `1 delivery`, `15,094 deliveries` */
export const some = (count: number, one: string, more: string): string => `${number.format(count)} ${count === 1 ? one : more}`;
