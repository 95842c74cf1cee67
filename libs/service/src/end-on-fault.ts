import { Logger } from '@nestjs/common';
import { EX_SOFTWARE } from '@nuncio/contracts';

/** An error that nothing handles ends the process, since nobody knows what it has left half done. It is logged as a line like any other, with its stack. */
export function endOnFault(): void {
  process.on('uncaughtException', (error: unknown) => {
    new Logger('Service').fatal(`a fault of Nuncio ends this process: ${String(error)}`, error instanceof Error ? error.stack : undefined);
    process.exit(EX_SOFTWARE);
  });
}
