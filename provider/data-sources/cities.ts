/** Degrees, north and east positive. */
export interface Coordinates {
  readonly latitude: number;
  readonly longitude: number;
}

/**
 * Centres of the cities that have sites, by city key without anything but letters (`xi'an`: `xian`).
 * Source: GeoNames (geonames.org, CC BY 4.0), rounded to 0.01 degree.
 */
const CENTRES: Readonly<Record<string, Coordinates>> = {
  beijing: { latitude: 39.91, longitude: 116.4 },
  changsha: { latitude: 28.2, longitude: 112.97 },
  chengdu: { latitude: 30.67, longitude: 104.07 },
  chongqing: { latitude: 29.56, longitude: 106.55 },
  guangzhou: { latitude: 23.12, longitude: 113.25 },
  hangzhou: { latitude: 30.29, longitude: 120.16 },
  harbin: { latitude: 45.75, longitude: 126.65 },
  jinan: { latitude: 36.67, longitude: 117.0 },
  nanjing: { latitude: 32.06, longitude: 118.78 },
  shenyang: { latitude: 41.79, longitude: 123.43 },
  shijiazhuang: { latitude: 38.04, longitude: 114.48 },
  tianjin: { latitude: 39.14, longitude: 117.18 },
  wuhan: { latitude: 30.58, longitude: 114.27 },
  xian: { latitude: 34.26, longitude: 108.93 },
  zhengzhou: { latitude: 34.76, longitude: 113.65 },
  zhongshan: { latitude: 22.52, longitude: 113.39 },
};

/** The centre of a city; undefined when the table lacks it. */
export const centreOf = (city: string): Coordinates | undefined =>
  CENTRES[city.toLowerCase().replaceAll(/[^a-z]/g, "")];

/** Mean radius of the earth. Source: IUGG. */
const RADIUS_KM = 6371.0088;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in kilometres, by the haversine formula. */
export function distanceKm(a: Coordinates, b: Coordinates): number {
  const haversine = (angle: number) => Math.sin(angle / 2) ** 2;
  const h =
    haversine(radians(b.latitude - a.latitude)) +
    Math.cos(radians(a.latitude)) *
      Math.cos(radians(b.latitude)) *
      haversine(radians(b.longitude - a.longitude));
  return 2 * RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}
