import { showInFrame } from './frame.js';
import { showByLink } from './link.js';

if (window.parent === window) showByLink();
else showInFrame();
