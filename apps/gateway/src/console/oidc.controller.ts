import { Controller, Get, HttpCode, HttpStatus, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { Fault, isFault } from '@nuncio/contracts';
import type { KeyRing } from '@nuncio/sealing';
import { AuthGuard, Public } from '@nuncio/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.js';
import { CONFIG } from '../origin.js';
import { isFromConsole } from './cookie-to-authorization.js';
import { OIDC, Transaction, type OidcSignIn, type Tokens } from './oidc-sign-in.js';
import { sealedCookie } from './sealed-cookie.js';
import { endOf, REFUSAL, SESSION, type Session } from './session.js';

/** `Lax`: the browser comes back from another site. */
const SIGN_IN = sealedCookie('__Host-nuncio-sign-in', Transaction, 'Lax');

const SIGN_IN_WITHIN_MS = 10 * 60_000;
const REFUSAL_SHOWN_MS = 60_000;

/** Signing in to the console with OpenID Connect. These routes redirect the browser. Errors are shown on the login page. */
@Controller('auth')
export class OidcController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(OIDC) private readonly oidc: OidcSignIn | null,
    private readonly guard: AuthGuard,
  ) {}

  /** Redirects to the authorization server. `to`: the page of the console to open afterwards. */
  @Public()
  @Get('login')
  begin(@Query('to') to: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    return this.#orRefused(reply, async (oidc, ring) => {
      const { url, transaction } = await oidc.begin(to ?? '/');
      const now = Date.now();
      reply.header('set-cookie', SIGN_IN.set(ring, transaction, now + SIGN_IN_WITHIN_MS, now));
      return url;
    });
  }

  /** The browser comes back here. */
  @Public()
  @Get('callback')
  finish(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#orRefused(reply, async (oidc, ring) => {
      const transaction = SIGN_IN.read(ring, request.headers.cookie, Date.now());
      reply.header('set-cookie', SIGN_IN.clear);
      if (!transaction) throw new Fault('unauthenticated', `The sign-in was not begun at ${this.config.PUBLIC_URL ?? ''} in this browser, or took longer than 10 minutes: sign in again.`);
      await this.#start(reply, ring, await oidc.finish(request.url, transaction), '');
      return placeOf(transaction.to);
    });
  }

  /**
   * Renews the session's access token if it is due. 204 either way. The console asks from one page at a time, since a refresh token may be valid
   * only once.
   */
  @Public()
  @Post('refresh')
  @HttpCode(HttpStatus.NO_CONTENT)
  async renew(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const { SESSION_KEYS: ring } = this.config;
    const now = Date.now();
    const session = ring && isFromConsole(request.headers) ? SESSION.read(ring, request.headers.cookie, now) : null;
    if (!ring || !this.oidc || session?.oidc?.refreshToken == null) throw new Fault('unauthenticated', 'This session has ended: sign in again.');
    if (now < session.oidc.renewFrom) return;
    const { idToken, refreshToken } = session.oidc;
    const tokens = await this.oidc.renew(refreshToken);
    await this.#start(reply, ring, { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken }, idToken);
  }

  /** Starts a session with these tokens. Throws the API's fault if it does not accept them. */
  async #start(reply: FastifyReply, ring: KeyRing, { accessToken, idToken, refreshToken }: Tokens, idTokenBefore: string): Promise<void> {
    const authorization = `Bearer ${accessToken}`;
    const now = Date.now();
    const { until = endOf(now) } = await this.guard.authenticate(authorization);
    const session: Session = { authorization, oidc: { idToken: idToken ?? idTokenBefore, refreshToken, renewFrom: (now + until) / 2 } };
    reply.header('set-cookie', SESSION.set(ring, session, refreshToken === null ? until : endOf(now), now));
  }

  async #orRefused(reply: FastifyReply, act: (oidc: OidcSignIn, ring: KeyRing) => Promise<string>): Promise<void> {
    const { SESSION_KEYS: ring } = this.config;
    if (!ring || !this.oidc) throw new Fault('not-found', 'This installation has no OpenID provider: sign in with an API key.');
    try {
      await reply.redirect(await act(this.oidc, ring), HttpStatus.FOUND);
    } catch (error) {
      if (!isFault(error)) throw error;
      const now = Date.now();
      await reply.header('set-cookie', REFUSAL.set(ring, error.message, now + REFUSAL_SHOWN_MS, now)).redirect('/console/login', HttpStatus.FOUND);
    }
  }
}

/** Restricts a link's target to pages of the console. */
function placeOf(to: string): string {
  const url = URL.parse(`/console/${to.replace(/^\/+/, '')}`, 'http://console');
  return url?.pathname.startsWith('/console/') ? `${url.pathname}${url.search}` : '/console/';
}
