import Broker from 'kafkajs/src/broker/index.js';
import type { AlterConfigs } from 'kafkajs/src/broker/index.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import apiKeys from 'kafkajs/src/protocol/requests/apiKeys.js';
import alterConfigsResponse from 'kafkajs/src/protocol/requests/alterConfigs/v0/response.js';

/** Kafka's ConfigDef source of a setting of the topic itself (DYNAMIC_TOPIC_CONFIG); all other sources are the cluster's. */
export const isOfTopic = (source: number): boolean => source === 1;
const SET = 0;

/**
 * The eighth repair of kafkajs (kafkajs-patches.ts), which knows only AlterConfigs: that resets every setting that it does not name, whoever made it. This changes only
 * the named settings: by IncrementalAlterConfigs (KIP-339, Kafka 2.3), or, if a broker does not have it, together with all others unchanged.
 */
export function mendConfigs(): void {
  const { alterConfigs } = Broker.prototype;
  Broker.prototype.alterConfigs = async function (this: Broker, changes: AlterConfigs) {
    if (this.versions[apiKeys.IncrementalAlterConfigs]) return this.connectionPool.send({ request: incremental(changes), response: alterConfigsResponse });
    return alterConfigs.call(this, await withAllOthers(this, changes));
  };
}

/**
 * Version 0 => [resources] validate_only; resources => resource_type INT8, resource_name STRING, [configs]; configs => name STRING, config_operation INT8,
 * value NULLABLE_STRING. The answer is that of AlterConfigs.
 */
const incremental = ({ resources, validateOnly = false }: AlterConfigs) => ({
  apiKey: apiKeys.IncrementalAlterConfigs,
  apiVersion: 0,
  apiName: 'IncrementalAlterConfigs',
  encode: () =>
    Promise.resolve(
      new Encoder()
        .writeArray(
          resources.map(({ type, name, configEntries }) =>
            new Encoder()
              .writeInt8(type)
              .writeString(name)
              .writeArray(configEntries.map((entry) => new Encoder().writeString(entry.name).writeInt8(SET).writeString(entry.value))),
          ),
        )
        .writeBoolean(validateOnly),
    ),
});

async function withAllOthers(broker: Broker, { resources, validateOnly }: AlterConfigs): Promise<AlterConfigs> {
  const described = await broker.describeConfigs({ resources: resources.map(({ type, name }) => ({ type, name })) });
  return {
    ...(validateOnly !== undefined && { validateOnly }),
    resources: resources.map(({ type, name, configEntries }) => {
      const present = described.resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
      const own = present.flatMap((entry) => (isOfTopic(entry.configSource) ? [[entry.configName, entry.configValue] as const] : []));
      const merged = new Map([...own, ...configEntries.map((entry) => [entry.name, entry.value] as const)]);
      return { type, name, configEntries: [...merged].map(([entry, value]) => ({ name: entry, value })) };
    }),
  };
}
