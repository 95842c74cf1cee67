type Rgb = readonly [red: number, green: number, blue: number];

/** As in style/tokens.css. */
const SURFACES = { light: [255, 255, 255], dark: [24, 27, 33] } as const satisfies Record<string, Rgb>;
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [16, 18, 22];
/** WCAG 2.2, 1.4.3. */
const READABLE = 4.5;
/** How much of the accent is in its wash. */
const WASH = 0.1;
const FONT = /^[A-Za-z0-9 ,'-]{1,120}$/;
const MAX_RADIUS = 16;

/** Custom properties for what the page around may choose. Anything else, and anything malformed, is ignored. */
export function themeOf(given: unknown): { readonly properties: Readonly<Record<string, string>>; readonly scheme: 'light' | 'dark' | null } {
  const { accent, radius, font, scheme } = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  const colour = typeof accent === 'string' ? rgbOf(accent) : null;
  return {
    properties: {
      ...(colour && accentOf(colour)),
      ...(typeof radius === 'number' && radius >= 0 && radius <= MAX_RADIUS && { '--radius': `${radius}px` }),
      ...(typeof font === 'string' && FONT.test(font) && { '--sans': `${font}, system-ui, sans-serif` }),
    },
    scheme: scheme === 'light' || scheme === 'dark' ? scheme : null,
  };
}

/** Sets the properties through the CSS object model, where a value cannot become another declaration. */
export function applyPortalTheme(given: unknown): void {
  const { properties, scheme } = themeOf(given);
  const { style, dataset } = document.documentElement;
  for (const name of ['--accent', '--on-accent', '--accent-wash', '--radius', '--sans']) style.removeProperty(name);
  for (const [name, value] of Object.entries(properties)) style.setProperty(name, value);
  if (scheme) dataset.theme = scheme;
  else delete dataset.theme;
}

function accentOf(colour: Rgb): Record<string, string> {
  const [light, dark] = [readable(colour, SURFACES.light, BLACK), readable(colour, SURFACES.dark, WHITE)];
  const both = (one: Rgb, other: Rgb): string => `light-dark(${hexOf(one)}, ${hexOf(other)})`;
  return { '--accent': both(light, dark), '--on-accent': both(onto(light), onto(dark)), '--accent-wash': both(washOf(light, SURFACES.light), washOf(dark, SURFACES.dark)) };
}

/** Mixes `towards` into the colour until its contrast suffices on the surface, and on its own wash there. */
function readable(colour: Rgb, surface: Rgb, towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const tried = mix(towards, colour, share);
    if (contrast(tried, surface) >= READABLE && contrast(tried, washOf(tried, surface)) >= READABLE) return tried;
  }
  return towards;
}

const washOf = (colour: Rgb, surface: Rgb): Rgb => mix(colour, surface, WASH);

const onto = (colour: Rgb): Rgb => (contrast(WHITE, colour) >= contrast(BLACK, colour) ? WHITE : BLACK);

/** `share` of `one`, the rest of `other`. */
const mix = (one: Rgb, other: Rgb, share: number): Rgb => {
  const at = (i: 0 | 1 | 2): number => Math.round(one[i] * share + other[i] * (1 - share));
  return [at(0), at(1), at(2)];
};

/** WCAG 2.2, relative luminance and contrast ratio. */
export function contrast(one: Rgb, other: Rgb): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function rgbOf(hex: string): Rgb | null {
  const [, red, green, blue] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex) ?? [];
  return red && green && blue ? [parseInt(red, 16), parseInt(green, 16), parseInt(blue, 16)] : null;
}

const hexOf = (colour: Rgb): string => `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
