/** The user agent of every request, to receivers and to authorization servers. */
export const USER_AGENT = 'Nuncio/0.1 (webhooks)';
