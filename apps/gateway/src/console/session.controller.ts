import { Controller, Get, Headers, HttpCode, HttpStatus, Inject, Post, Req, Res } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import { Public } from '@nuncio/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.js';
import { CONFIG } from '../origin.js';
import { isFromConsole } from './cookie-to-authorization.js';
import { END_SESSION, startSession } from './session.js';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Signing in and out of the console. */
@Controller('auth')
export class SessionController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** What the login page offers beside the API key. */
  @Public()
  @Get('config')
  offers(@Req() request: FastifyRequest): { oneClick: boolean } {
    return { oneClick: this.config.CONSOLE_ONE_CLICK_KEY !== undefined && isOfThisMachine(request) };
  }

  /** 204 with the session's cookie, for the credentials in `Authorization`; wrong ones are refused as everywhere. */
  @Post('key')
  @HttpCode(HttpStatus.NO_CONTENT)
  signIn(@Headers('authorization') authorization: string, @Res({ passthrough: true }) reply: FastifyReply): void {
    this.#start(authorization, reply);
  }

  /** The same for `CONSOLE_ONE_CLICK_KEY`, by a browser on this machine. */
  @Public()
  @Post('one-click')
  @HttpCode(HttpStatus.NO_CONTENT)
  signInHere(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    const key = this.config.CONSOLE_ONE_CLICK_KEY;
    if (!key) throw new Fault('not-found', 'One signs in with an API key here.');
    if (!isOfThisMachine(request) || !isFromConsole(request.headers)) throw new Fault('forbidden', 'One click is for a browser on this machine alone.');
    this.#start(`Bearer ${key.reveal()}`, reply);
  }

  @Public()
  @Post('logout')
  @HttpCode(HttpStatus.NO_CONTENT)
  signOut(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.header('set-cookie', END_SESSION);
  }

  #start(authorization: string, reply: FastifyReply): void {
    const { SESSION_KEYS } = this.config;
    if (!SESSION_KEYS) throw new Fault('not-found', 'There is no console here: SESSION_KEYS is not set.');
    void reply.header('set-cookie', startSession(SESSION_KEYS, authorization, Date.now()));
  }
}

/** By the name that the browser called, so that another site's name for this address does not count; and through no proxy. */
const isOfThisMachine = ({ hostname, headers }: FastifyRequest): boolean => LOOPBACK.has(hostname) && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;
