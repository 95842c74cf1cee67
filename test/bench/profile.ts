import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string; readonly url: string }; readonly children?: readonly number[] }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A service's CPU by package, as per cent of its busy time, largest first. Work of Node.js counts for the package that called it. */
type Shares = Readonly<Record<string, number>>;

const FEWEST_PERCENT = 0.5;
const SERVICE = /\/apps\/([^/]+)\/dist\/main\.js$/;

/** Reads the profiles that `--cpu-prof` wrote into a directory. Keyed by service, with a number if it was started again. */
export async function readProfiles(dir: string): Promise<Record<string, Shares>> {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.cpuprofile')).sort();
  const shares: Record<string, Shares> = {};
  for (const file of files) {
    const profile = JSON.parse(await readFile(join(dir, file), 'utf8')) as CpuProfile;
    const service = profile.nodes.map(({ callFrame }) => SERVICE.exec(callFrame.url)?.[1]).find((name) => name !== undefined);
    if (service !== undefined) shares[`${service} ${Object.keys(shares).filter((key) => key.startsWith(`${service} `)).length + 1}`] = sharesOf(profile);
  }
  return shares;
}

function sharesOf({ nodes, samples, timeDeltas }: CpuProfile): Shares {
  const partOf = partsOf(nodes);
  const micros = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const part = partOf.get(id) ?? '';
    if (part !== '(idle)') micros.set(part, (micros.get(part) ?? 0) + (timeDeltas[i] ?? 0));
  }
  const busy = [...micros.values()].reduce((sum, each) => sum + each, 0);
  const percent = [...micros].map(([part, each]) => [part, Math.round((each / busy) * 1_000) / 10] as const);
  return Object.fromEntries(percent.filter(([, share]) => share >= FEWEST_PERCENT).toSorted(([, a], [, b]) => b - a));
}

/** Work of Node.js counts for its caller. */
function partsOf(nodes: CpuProfile['nodes']): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parts = new Map<number, string>();
  const visit = (id: number, callers: string): void => {
    const node = byId.get(id);
    if (!node) return;
    const { url, functionName } = node.callFrame;
    const part = (functionName.startsWith('(') && functionName !== '(root)' ? functionName : nameOf(url)) ?? callers;
    parts.set(id, part);
    for (const child of node.children ?? []) visit(child, part);
  };
  const [root] = nodes;
  if (root) visit(root.id, 'node');
  return parts;
}

/** Such as `kafkajs`, `libs/egress`, `dispatcher/delivery`; undefined = Node.js itself, or native code. */
function nameOf(url: string): string | undefined {
  const [, dependency] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  const [, library] = /\/(libs\/[^/]+)\/dist\//.exec(url) ?? [];
  const [, app, folder] = /\/apps\/([^/]+)\/dist\/(?:([^/]+)\/)?/.exec(url) ?? [];
  return dependency ?? library ?? (app === undefined ? undefined : folder === undefined ? app : `${app}/${folder}`);
}
