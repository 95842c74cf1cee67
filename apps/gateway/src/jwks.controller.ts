import { Controller, Get, Header, Inject, Param } from '@nestjs/common';
import { Fault, PublicJwk } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Answers, Operation, Public } from '@nuncio/service';
import { z } from 'zod';

const JwkSet = z.object({ keys: z.array(PublicJwk).describe('Public keys (RFC 7517)') }).meta({ id: 'JwkSet' });

/**
 * The public key of a `private_key_jwt` client, for authorization servers: its `jwks_uri` (RFC 7591 §2). Each client has its own, so that a server
 * that trusts one client trusts no other.
 */
@Controller('v1/credentials/:id/jwks.json')
export class JwksController {
  constructor(@Inject(ConfigView) private readonly view: Pick<ConfigView, 'get'>) {}

  @Public()
  @Operation({ id: 'getCredentialJwks', description: 'The public key of a `private_key_jwt` client as a JWK Set (RFC 7517 §5), for its authorization server; 404 if it has none.' })
  @Get()
  @Header('cache-control', 'public, max-age=60')
  @Answers(JwkSet)
  get(@Param('id') id: string): z.infer<typeof JwkSet> {
    const key = this.view.get('credential', id)?.state.clientKey;
    if (!key) throw new Fault('not-found', 'There are no keys here.');
    return { keys: [key.publicJwk] };
  }
}
