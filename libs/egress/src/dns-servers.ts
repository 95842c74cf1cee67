import { Resolver } from 'node:dns';
import { z } from 'zod';

/**
 * `EGRESS_DNS_SERVERS`: a comma list of addresses, with a port if it is not 53: `10.0.0.2`, `10.0.0.2:5353`, `[fd00::2]:5353`. Absent or empty = the
 * machine's own.
 */
export const DnsServersSetting = z
  .string()
  .default('')
  .transform((text, ctx): readonly string[] | null => {
    const servers = text.split(',').map((part) => part.trim()).filter(Boolean);
    try {
      new Resolver().setServers(servers);
    } catch {
      ctx.addIssue({ code: 'custom', message: `"${text}" is no comma list of addresses of DNS servers (10.0.0.2, 10.0.0.2:5353, [fd00::2]:5353)` });
    }
    return servers.length > 0 ? servers : null;
  });
