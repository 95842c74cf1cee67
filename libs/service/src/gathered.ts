/**
 * Turns `label.env=prod` or `label[env]=prod` of a query into `label: {env: "prod"}`, for a schema to check. Repeated values become a list, whichever
 * form they have. A query that gives `label` itself is left as it is. So is a name `__proto__`, which zod's records would ignore: the schema refuses
 * it, so that no filter is lost.
 */
export const gathered =
  (prefix: string) =>
  (query: unknown): unknown => {
    if (typeof query !== 'object' || query === null || Object.hasOwn(query, prefix)) return query;
    const named = new RegExp(`^${prefix}(?:\\.(.*)|\\[(.*)\\])$`);
    const rest: [string, unknown][] = [];
    const inner = new Map<string, unknown[]>();
    for (const [name, value] of Object.entries(query)) {
      const [whole, dotted, bracketed] = named.exec(name) ?? [];
      const key = dotted ?? bracketed ?? '';
      if (whole === undefined || key === '__proto__') rest.push([name, value]);
      else inner.set(key, [...(inner.get(key) ?? []), ...([value].flat() as unknown[])]);
    }
    if (!inner.size) return query;
    return Object.fromEntries([...rest, [prefix, Object.fromEntries([...inner].map(([key, values]) => [key, values.length === 1 ? values[0] : values]))]]);
  };
