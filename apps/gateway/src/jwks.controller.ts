import { Controller, Get, Header, Inject } from '@nestjs/common';
import type { PublicJwk } from '@nuncio/contracts';
import { ConfigView } from '@nuncio/kafka';
import { Public } from '@nuncio/service';

/** Where authorization servers find the public keys of our `private_key_jwt` clients. */
@Controller('.well-known/jwks.json')
export class JwksController {
  constructor(@Inject(ConfigView) private readonly view: Pick<ConfigView, 'all'>) {}

  /** A JWK Set (RFC 7517 §5) of every credential's key; which one a client uses, its assertions say by `kid`. */
  @Public()
  @Get()
  @Header('cache-control', 'public, max-age=60')
  get(): { keys: PublicJwk[] } {
    return { keys: Array.from(this.view.all('credential'), ({ state }) => state.clientKey).flatMap((key) => (key ? [key.publicJwk] : [])) };
  }
}
