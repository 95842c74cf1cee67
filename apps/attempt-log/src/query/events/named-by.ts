/** SQL: the tenants that an event names, as an array; null = none. `record`: a row of log.events. */
export const namedBy = (record: string): string => `regexp_split_to_array(trim(${record}.attributes ->> 'tenant'), '\\s*,\\s*')`;
