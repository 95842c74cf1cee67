/** `15,094` */
export const number = new Intl.NumberFormat('en-GB');

/** `61.4%`, `99%` */
export const share = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });
