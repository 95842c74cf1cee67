import { z } from 'zod';

/** The text of an RFC 3339 time. */
export const Rfc3339 = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time such as 2027-01-31T12:00:00Z' });
