import { Controller, Get, Headers, HttpCode, HttpStatus, Inject, Post, Req, Res } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import { Public } from '@nuncio/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.js';
import { CONFIG } from '../origin.js';
import { isFromConsole } from './cookie-to-authorization.js';
import { OIDC, type OidcSignIn } from './oidc-sign-in.js';
import { REFUSAL, SESSION, startSession } from './session.js';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

interface Offers {
  readonly oneClick: boolean;
  readonly oidc: { readonly name: string } | null;
  readonly refusal: string | null;
}

@Controller('auth')
export class SessionController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(OIDC) private readonly oidc: OidcSignIn | null,
  ) {}

  /** The ways to sign in beside an API key, and why the last sign-in failed. */
  @Public()
  @Get('config')
  offers(@Req() request: FastifyRequest): Offers {
    const { CONSOLE_ONE_CLICK_KEY, SESSION_KEYS } = this.config;
    return {
      oneClick: CONSOLE_ONE_CLICK_KEY !== undefined && isOfThisMachine(request),
      oidc: this.oidc && { name: this.oidc.name },
      refusal: SESSION_KEYS ? REFUSAL.read(SESSION_KEYS, request.headers.cookie, Date.now()) : null,
    };
  }

  /**
   * Starts a session for the credentials in `Authorization`. 204 with the cookie; invalid credentials are refused like
   * anywhere else.
   */
  @Post('key')
  @HttpCode(HttpStatus.NO_CONTENT)
  signIn(@Headers('authorization') authorization: string, @Res({ passthrough: true }) reply: FastifyReply): void {
    this.#start(authorization, reply);
  }

  /** The same for `CONSOLE_ONE_CLICK_KEY`, if the browser is on this machine. */
  @Public()
  @Post('one-click')
  @HttpCode(HttpStatus.NO_CONTENT)
  signInHere(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    const key = this.config.CONSOLE_ONE_CLICK_KEY;
    if (!key) throw new Fault('not-found', 'This installation has no sign-in by one click: use an API key.');
    if (!isOfThisMachine(request) || !isFromConsole(request.headers)) throw new Fault('forbidden', 'Signing in by one click works only in a browser on the machine of the installation.');
    this.#start(`Bearer ${key.reveal()}`, reply);
  }

  /** `at`: the URL at which the browser also ends its session at the authorization server. */
  @Public()
  @Post('logout')
  @HttpCode(HttpStatus.OK)
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<{ at: string | null }> {
    void reply.header('set-cookie', SESSION.clear);
    const { SESSION_KEYS } = this.config;
    const session = SESSION_KEYS && SESSION.read(SESSION_KEYS, request.headers.cookie, Date.now());
    return { at: session?.oidc && this.oidc ? await this.oidc.end(session.oidc.idToken, session.oidc.refreshToken) : null };
  }

  #start(authorization: string, reply: FastifyReply): void {
    const { SESSION_KEYS } = this.config;
    if (!SESSION_KEYS) throw new Fault('not-found', 'There is no console here: SESSION_KEYS is not set.');
    void reply.header('set-cookie', startSession(SESSION_KEYS, authorization, Date.now()));
  }
}

/**
 * Judged by the name in the browser's address bar, so that another site's name for this address does not count. A request
 * through a proxy does not count either.
 */
const isOfThisMachine = ({ hostname, headers }: FastifyRequest): boolean => LOOPBACK.has(hostname) && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;
