import type { FastifyReply } from 'fastify';

/** Sends bytes that come from outside as a download, so that no browser shows them as a page of this origin. */
export const asDownload = (reply: FastifyReply, type: string, filename: string): FastifyReply =>
  reply
    .type(type)
    .header('content-disposition', `attachment; filename="${filename}"`)
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', 'sandbox');
