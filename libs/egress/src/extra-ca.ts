import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** `EGRESS_CA_FILE`: a PEM file of authorities that are trusted besides the machine's. Parses a path to one entry per certificate. */
export const ExtraCaSetting = z
  .string()
  .optional()
  .transform((path, ctx): readonly string[] => {
    if (path === undefined) return [];
    try {
      const certificates = readFileSync(path, 'utf8').match(CERTIFICATE) ?? [];
      if (certificates.length === 0) throw new Error('it holds no certificate');
      return certificates.map((pem) => new X509Certificate(pem).toString());
    } catch (error) {
      ctx.addIssue({ code: 'custom', message: `"${path}" cannot be used: ${error instanceof Error ? error.message : String(error)}` });
      return z.NEVER;
    }
  });

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
