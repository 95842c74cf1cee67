/** How every request of ours names itself, to receivers and to authorization servers. */
export const USER_AGENT = 'Nuncio/0.1 (webhooks)';
