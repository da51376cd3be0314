/** The length of the JSON object that `bytes` begins with, or -1 while its end is not there. */
export function jsonEnd(bytes) {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; ++at) {
    const byte = bytes[at];
    if (inString) {
      if (byte === 0x5c) ++at;  // a backslash takes the next byte with it
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b) ++depth;
    else if (byte === 0x7d && --depth === 0) return at + 1;
  }
  return -1;
}
