/** A seeded source of numbers and ids (mulberry32). Its state is one integer, so it can be stored and resumed. */
export class Random {
  constructor(public state: number) {}

  /** A float in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  hex(digits: number): string {
    let text = "";
    while (text.length < digits) {
      text += Math.floor(this.next() * 0x1_0000_0000)
        .toString(16)
        .padStart(8, "0");
    }
    return text.slice(0, digits);
  }

  /** A version 4 UUID. */
  uuid(): string {
    const h = this.hex(32);
    const variant = "89ab".charAt(Number.parseInt(h.charAt(16), 16) % 4);
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20)}`;
  }

  /** A MAC address with the prefix that Neutron uses. */
  mac(): string {
    return `fa:16:3e:${this.hex(2)}:${this.hex(2)}:${this.hex(2)}`;
  }
}
