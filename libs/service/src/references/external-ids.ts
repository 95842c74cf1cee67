import { KEYED_KINDS, reaches, type AggregateRecord, type KeyedKind, type Principal } from '@nuncio/contracts';
import type { ConfigView, Viewed } from '@nuncio/kafka';

/** Resolves external ids. An app whose routes accept `ext:` provides one under `EXTERNAL_IDS`. */
export interface ExternalIds {
  /**
   * The resources with one of these external ids that the caller may see. `tenant` null = in all tenants of the caller.
   */
  find(caller: Principal, kind: KeyedKind, externalIds: readonly string[], tenant: string | null): readonly Holder[] | Promise<readonly Holder[]>;
}

/** A resource with an external id. */
export interface Holder {
  readonly externalId: string;
  readonly id: string;
}
export const EXTERNAL_IDS = Symbol('ExternalIds');

const KINDS: ReadonlySet<string> = new Set(Object.values(KEYED_KINDS));

/** External ids of the published configuration, for the kinds that the view has. */
export class ConfigExternalIds implements ExternalIds {
  readonly #ids = new Map<string, Set<string>>();
  readonly #placeOf = new Map<string, string>();

  constructor(private readonly view: Pick<ConfigView, 'all' | 'get' | 'onChange'>) {
    for (const kind of Object.values(KEYED_KINDS)) for (const record of view.all(kind)) this.#set(record);
    view.onChange((record) => {
      this.#set(record);
    });
  }

  find(caller: Principal, kind: KeyedKind, externalIds: readonly string[], tenant: string | null): Holder[] {
    const isTheirs = (id: string): boolean => {
      const owner = this.#ownerOf(kind, id);
      return owner !== undefined && (tenant === null || owner.tenant === tenant) && reaches(caller, owner);
    };
    return externalIds.flatMap((externalId) => [...(this.#ids.get(placeOf(kind, externalId)) ?? [])].filter(isTheirs).map((id) => ({ externalId, id })));
  }

  /** The tenant and groups that decide who may see it. */
  #ownerOf(kind: KeyedKind, id: string): { tenant: string; groups?: readonly string[] } | undefined {
    if (kind === 'tenant') return { tenant: id };
    const state = this.view.get(kind, id)?.state;
    if (!state || !('callback' in state)) return state;
    return { tenant: state.tenant, groups: this.view.get('callback', state.callback)?.state.groups ?? [] };
  }

  #set({ kind, id, state }: AggregateRecord | Viewed<KeyedKind>): void {
    if (!KINDS.has(kind)) return;
    const key = `${kind}-${id}`;
    const before = this.#placeOf.get(key);
    const externalId = state && 'externalId' in state ? state.externalId : null;
    const after = externalId ? placeOf(kind, externalId) : undefined;
    if (before === after) return;
    if (before !== undefined) this.#remove(before, id);
    this.#placeOf.delete(key);
    if (after === undefined) return;
    this.#placeOf.set(key, after);
    const ids = this.#ids.get(after);
    if (ids) ids.add(id);
    else this.#ids.set(after, new Set([id]));
  }

  #remove(place: string, id: string): void {
    const ids = this.#ids.get(place);
    ids?.delete(id);
    if (!ids?.size) this.#ids.delete(place);
  }
}

const placeOf = (kind: string, externalId: string): string => `${kind}/${externalId}`;
