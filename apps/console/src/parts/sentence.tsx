import type { ReactElement } from 'react';
import { Time } from './time.js';

const MOMENT = /(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z)/;

/** A sentence of the API; the moments in it in the reader's zone. */
export const Sentence = ({ of }: { of: string }): ReactElement => <>{of.split(MOMENT).map((part, i) => (i % 2 ? <Time key={i} at={part} /> : part))}</>;
