/** Degrees, north and east positive. */
export interface Coordinates {
  readonly latitude: number;
  readonly longitude: number;
}

export interface City extends Coordinates {
  /** Province key, as sites have it. */
  readonly province: string;
}

/**
 * Centres of the cities that have sites, and their provinces, by {@link placeKey}.
 * Source: GeoNames (geonames.org, CC BY 4.0), rounded to 0.01 degree.
 */
const CITIES: Readonly<Record<string, City>> = {
  beijing: { latitude: 39.91, longitude: 116.4, province: "beijing" },
  changsha: { latitude: 28.2, longitude: 112.97, province: "hunan" },
  chengdu: { latitude: 30.67, longitude: 104.07, province: "sichuan" },
  chongqing: { latitude: 29.56, longitude: 106.55, province: "chongqing" },
  guangzhou: { latitude: 23.12, longitude: 113.25, province: "guangdong" },
  hangzhou: { latitude: 30.29, longitude: 120.16, province: "zhejiang" },
  harbin: { latitude: 45.75, longitude: 126.65, province: "heilongjiang" },
  jinan: { latitude: 36.67, longitude: 117.0, province: "shandong" },
  nanjing: { latitude: 32.06, longitude: 118.78, province: "jiangsu" },
  shenyang: { latitude: 41.79, longitude: 123.43, province: "liaoning" },
  shijiazhuang: { latitude: 38.04, longitude: 114.48, province: "hebei" },
  tianjin: { latitude: 39.14, longitude: 117.18, province: "tianjin" },
  wuhan: { latitude: 30.58, longitude: 114.27, province: "hubei" },
  xian: { latitude: 34.26, longitude: 108.93, province: "shaanxi" },
  zhengzhou: { latitude: 34.76, longitude: 113.65, province: "henan" },
  zhongshan: { latitude: 22.52, longitude: 113.39, province: "guangdong" },
};

/** Keys of one place are spelled in several ways: `xi'an`, `Xian`. */
export const placeKey = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]/g, "");

/** Centre and province of a city; undefined when the table lacks it. */
export const cityOf = (name: string): City | undefined => CITIES[placeKey(name)];

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
