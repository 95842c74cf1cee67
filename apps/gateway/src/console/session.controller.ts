import { Controller, Headers, HttpCode, HttpStatus, Inject, Post, Res } from '@nestjs/common';
import { Fault } from '@nuncio/contracts';
import { Public } from '@nuncio/service';
import type { FastifyReply } from 'fastify';
import type { Config } from '../config.js';
import { CONFIG } from '../origin.js';
import { END_SESSION, startSession } from './session.js';

/** Signing in and out of the console. */
@Controller('auth')
export class SessionController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** 204 with the session's cookie, for the credentials in `Authorization`; wrong ones are refused as everywhere. */
  @Post('key')
  @HttpCode(HttpStatus.NO_CONTENT)
  signIn(@Headers('authorization') authorization: string, @Res({ passthrough: true }) reply: FastifyReply): void {
    const { SESSION_KEYS } = this.config;
    if (!SESSION_KEYS) throw new Fault('not-found', 'There is no console here: SESSION_KEYS is not set.');
    void reply.header('set-cookie', startSession(SESSION_KEYS, authorization, Date.now()));
  }

  @Public()
  @Post('logout')
  @HttpCode(HttpStatus.NO_CONTENT)
  signOut(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.header('set-cookie', END_SESSION);
  }
}
