// How many segments a text is billed as, while one types it. The server's own count (textbank/sms/segments.py)
// decides; this one leaves out how joined emoji are kept together.
const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION = "\f^{}\\[~]|€";
const basic = new Set(BASIC);
const extension = new Set(EXTENSION);

function packed(pieces, single, part) {
  const total = pieces.reduce((sum, piece) => sum + piece, 0);
  if (total <= single) return 1;
  let segments = 1;
  let used = 0;
  for (const piece of pieces) {
    if (used + piece > part) {
      segments += 1;
      used = 0;
    }
    used += piece;
  }
  return segments;
}

export function count(text) {
  const characters = [...text];
  const special = characters.find((each) => !basic.has(each) && !extension.has(each));
  if (special === undefined) {
    return { special, segments: packed(characters.map((each) => (extension.has(each) ? 2 : 1)), 160, 153) };
  }
  return { special, segments: packed(characters.map((each) => each.length), 70, 67) };
}
