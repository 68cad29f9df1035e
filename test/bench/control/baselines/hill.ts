/**
 * Hill saturation: `ceiling · x^shape / (x^shape + halfway^shape)` conversions per day at a steady spend of `x` main
 * units per day. S-shaped when `shape` exceeds 1, concave otherwise.
 */
export interface Hill {
  readonly ceiling: number
  readonly halfway: number
  readonly shape: number
}

/** Share of the ceiling reached at `spend`, in [0, 1). Divided through by the power, so that no spend overflows. */
export const hillShare = (spend: number, halfway: number, shape: number): number =>
  spend > 0 ? 1 / (1 + (halfway / spend) ** shape) : 0

export const hillAt = (curve: Hill, spend: number): number =>
  curve.ceiling * hillShare(spend, curve.halfway, curve.shape)
