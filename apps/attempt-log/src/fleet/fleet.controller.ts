import { Controller, Get, Inject } from '@nestjs/common';
import { DispatcherGauges, SERVICES } from '@nuncio/contracts';
import { Answers, Moment, Operation, Roles } from '@nuncio/service';
import { z } from 'zod';
import { KafkaWatch } from '../lag/kafka-watch.js';
import { Fleet } from './fleet.js';

const Instance = z.object({
  service: z.enum(SERVICES).describe('The service').meta({ examples: ['dispatcher'] }),
  instance: z.string().describe('`host:port` of its API, within the installation').meta({ examples: ['nuncio-dispatcher-6c9f7d-x2x9q:8080'] }),
  version: z.string().describe('The version of Nuncio').meta({ examples: ['0.2.0'] }),
  since: Moment.describe('When the process started'),
  seenAt: Moment.describe('When its last pulse arrived. A process sends one at least every 10 s; after 15 s without one it may be gone'),
  ready: z.boolean().describe('Whether it can do its work now'),
  faults: z.array(z.string()).describe('Why it is not ready, one sentence each').meta({ examples: [[]] }),
  gauges: DispatcherGauges.optional().describe('Dispatchers only: the present load'),
});

const GroupLag = z.object({
  group: z.string().describe('The consumer group, without the prefix').meta({ examples: ['dispatcher'] }),
  topic: z.string().describe('The topic, without the prefix').meta({ examples: ['events'] }),
  partition: z.int().min(0).meta({ examples: [0] }),
  lagRecords: z.int().min(0).describe('Records that are due and not finished. Records that only wait in a delay topic do not count').meta({ examples: [12] }),
  lagSeconds: z.number().min(0).describe('For at least how long the oldest of them has been due, to within 10 s').meta({ examples: [10] }),
});

/** The processes of the installation, and the lag of its consumer groups. */
const FleetAnswer = z
  .object({
    at: Moment.describe('The present time, by the same clock as `seenAt`'),
    instances: z.array(Instance).describe('Sorted by service. A process that shuts down in order is removed at once, a silent one after 10 minutes'),
    groups: z.array(GroupLag).describe('By group, topic and partition, at most 10 s old; empty while Kafka is away'),
  })
  .meta({ id: 'Fleet' });

@Roles('admin')
@Controller('v1/fleet')
export class FleetController {
  constructor(
    private readonly fleet: Fleet,
    @Inject(KafkaWatch) private readonly watch: Pick<KafkaWatch, 'lags'>,
  ) {}

  @Operation({ id: 'getFleet', description: 'The processes of the installation, whether each is ready, and the lag of its consumer groups. Answers the question whether a problem is in Nuncio or at an endpoint.' })
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
