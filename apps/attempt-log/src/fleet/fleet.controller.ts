import { Controller, Get, Inject } from '@nestjs/common';
import { DispatcherGauges, SERVICES } from '@nuncio/contracts';
import { Answers, Moment, Operation, Roles } from '@nuncio/service';
import { z } from 'zod';
import { KafkaWatch } from '../lag/kafka-watch.js';
import { Fleet } from './fleet.js';

const Instance = z.object({
  service: z.enum(SERVICES).describe('Which service it is').meta({ examples: ['dispatcher'] }),
  instance: z.string().describe('`host:port` of its API, within the installation').meta({ examples: ['nuncio-dispatcher-6c9f7d-x2x9q:8080'] }),
  version: z.string().describe('Of Nuncio').meta({ examples: ['0.2.0'] }),
  since: Moment.describe('When it was started'),
  seenAt: Moment.describe('When it told last: every 10 s at least. One that is silent for more than 15 s may be gone'),
  ready: z.boolean().describe('Whether it can do its work now'),
  faults: z.array(z.string()).describe('Why it is not ready').meta({ examples: [[]] }),
  gauges: DispatcherGauges.optional().describe('Of a dispatcher: what it has to do'),
});

const GroupLag = z.object({
  group: z.string().describe('Consumer group, without the prefix').meta({ examples: ['dispatcher'] }),
  topic: z.string().describe('Topic, without the prefix').meta({ examples: ['events'] }),
  partition: z.int().min(0).meta({ examples: [0] }),
  lagRecords: z.int().min(0).describe('Records that it could be working on and has not finished: what only waits in a delay topic does not count').meta({ examples: [12] }),
  lagSeconds: z.number().min(0).describe('For how long at least the oldest of them has been waiting, to 10 s').meta({ examples: [10] }),
});

/** The processes of the installation, and the lag of its consumer groups. */
const FleetAnswer = z
  .object({
    at: Moment.describe('Now, by the clock of `seenAt`'),
    instances: z.array(Instance).describe('By service. One that stops in order goes at once, one that is silent after 10 minutes'),
    groups: z.array(GroupLag).describe('By group, topic and partition, as it was in the last 10 s; empty while Kafka is away'),
  })
  .meta({ id: 'Fleet' });

@Roles('admin')
@Controller('v1/fleet')
export class FleetController {
  constructor(
    private readonly fleet: Fleet,
    @Inject(KafkaWatch) private readonly watch: Pick<KafkaWatch, 'lags'>,
  ) {}

  @Operation({ id: 'getFleet', description: 'The processes of the installation, whether each is ready, and how far behind its consumer groups are: is it us?' })
  @Get()
  @Answers(FleetAnswer)
  get() {
    const instances = this.fleet.instances.map(({ pulse, seenAt }) => {
      const { service, instance, version, since, ready, faults, gauges } = pulse;
      return { service, instance, version, since: new Date(since), seenAt: new Date(seenAt), ready, faults, ...(gauges && { gauges }) };
    });
    return { at: new Date(this.fleet.at), instances, groups: this.watch.lags };
  }
}
