/* eslint-disable @typescript-eslint/no-deprecated -- the form that every Grafana imports; the next one needs Grafana 12 */
import { type Dashboard, DashboardBuilder, DatasourceVariableBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { type Panel, rows } from './panels.js';

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
/** Three panels side by side. */
const WIDTH = 8;
const HEIGHT = 8;

/** The dashboard as Grafana imports it. Grafana asks for the data source. */
export function board(): Dashboard {
  const builder = new DashboardBuilder('Nuncio')
    .uid('nuncio')
    .tags(['nuncio', 'webhooks'])
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .withVariable(new DatasourceVariableBuilder('datasource').type('prometheus').label('Data source'));
  for (const { title, panels } of rows) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(drawn(panel));
  }
  return builder.build();
}

function drawn({ title, description, unit, queries }: Panel): PanelBuilder {
  const panel = new PanelBuilder().title(title).description(description).unit(unit).min(0).datasource(DATASOURCE).span(WIDTH).height(HEIGHT);
  queries.forEach(([expr, legend], i) => panel.withTarget(new DataqueryBuilder().refId(String.fromCharCode(65 + i)).datasource(DATASOURCE).expr(expr).legendFormat(legend)));
  return panel;
}
