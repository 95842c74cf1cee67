/** The exit status of a service that a fault of Nuncio has ended: `EX_SOFTWARE` of sysexits.h. */
export const EX_SOFTWARE = 70;
