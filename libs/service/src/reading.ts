import type { Role } from '@nuncio/contracts';

/** Whether a request changes nothing. One that a viewer may send is a read, even if it is a POST. */
export const isReading = (method: string, roles: readonly Role[] | undefined): boolean => method === 'GET' || method === 'HEAD' || (roles?.includes('viewer') ?? false);

/** Whether a request only rehearses a change. No call that takes `dryRun` changes anything if it is true. */
export const isRehearsal = (body: unknown): boolean => typeof body === 'object' && body !== null && 'dryRun' in body && body.dryRun === true;
