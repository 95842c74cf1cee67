import { expect, it } from '@jest/globals';
import { bodyOf } from './message.js';

it('is what stands behind the first empty line, with whatever lines it has itself', () => {
  expect(bodyOf('POST /in HTTP/1.1\r\nhost: a\r\n\r\n{"a":1}\r\n\r\nb')).toBe('{"a":1}\r\n\r\nb');
  expect(bodyOf('POST /in HTTP/1.1\r\nhost: a\r\n\r\n')).toBe('');
});
