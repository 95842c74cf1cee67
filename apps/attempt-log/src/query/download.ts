import type { FastifyReply } from 'fastify';

/** Bytes that are a stranger's, so that no browser may take them for a page of ours. */
export const asDownload = (reply: FastifyReply, type: string, filename: string): FastifyReply =>
  reply
    .type(type)
    .header('content-disposition', `attachment; filename="${filename}"`)
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', 'sandbox');
