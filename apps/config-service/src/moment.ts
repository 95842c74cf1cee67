import { z } from 'zod';

/** A time that is given, as its text (RFC 3339). */
export const Rfc3339 = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time such as 2027-01-31T12:00:00Z' });
