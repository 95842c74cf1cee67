import type { ReactElement } from 'react';
import { Time } from './time.js';

const MARKED = /(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z|`[^`]+`)/;

/** A sentence of the API. Times in it are shown in the reader's zone, and text in backticks as code. */
export const Sentence = ({ of }: { of: string }): ReactElement => <>{of.split(MARKED).map((part, i) => (i % 2 === 0 ? part : part.startsWith('`') ? <code key={i}>{part.slice(1, -1)}</code> : <Time key={i} at={part} />))}</>;
