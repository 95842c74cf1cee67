/** `15,094` */
export const number = new Intl.NumberFormat('en-GB');

/** `61.4%`, `99%` */
export const share = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });

/** `1 delivery`, `15,094 deliveries` */
export const some = (count: number, one: string, more: string): string => `${number.format(count)} ${count === 1 ? one : more}`;
