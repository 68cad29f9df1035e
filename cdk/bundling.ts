import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { ADAPTER_FOLDER } from '../functions/composition/environment.ts'
import type { LambdaName, OrdersLambdaName } from '../functions/composition/lambdas.ts'
import { esbuildSettings, ROOT } from './esbuild-settings.ts'
import { PERMISSIONS } from './permissions.ts'

/** The same settings as CDK's construct writes them; esbuild runs on this machine, never in Docker. */
const BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  target: esbuildSettings.target,
  minify: esbuildSettings.minify,
  mainFields: esbuildSettings.mainFields,
  banner: esbuildSettings.banner.js,
  // Ours is pinned and tested; the runtime's changes under us, and loads slower unbundled.
  bundleAwsSDK: true,
  externalModules: [],
  forceDockerBundling: false,
  logLevel: LogLevel.WARNING,
}

/** Functions that adapter packages are put beside: those that talk to their platforms, and the one that plans for them. */
export const carriesAdapters = (name: LambdaName | OrdersLambdaName): boolean =>
  name === 'plan' || (name in PERMISSIONS && PERMISSIONS[name as LambdaName].secret?.lane === 'shared')

/** Where a package lies beside the function's code. */
export const adapterFile = (platform: string): string => `${ADAPTER_FOLDER}/${platform}.mjs`

/** How one function is bundled; adapter packages are bundled by themselves and loaded when it starts. */
export function bundlingOf(
  name: LambdaName | OrdersLambdaName,
  adapters: Readonly<Record<string, string>> = {},
): BundlingOptions {
  if (!carriesAdapters(name) || Object.keys(adapters).length === 0) return BUNDLING
  return {
    ...BUNDLING,
    commandHooks: {
      beforeInstall: () => [],
      beforeBundling: () => [],
      afterBundling: (_from, to) =>
        Object.entries(adapters).map(([platform, given]) => bundleCommand(given, `${to}/${adapterFile(platform)}`)),
    },
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** @throws Error of Node's own when the package is not installed */
function bundleCommand(given: string, outfile: string): string {
  const entry = given.startsWith('.') ? resolve(ROOT, given) : createRequire(`${ROOT}package.json`).resolve(given)
  const { platform, format, target, banner } = esbuildSettings
  const options = [
    `--platform=${platform}`,
    `--format=${format}`,
    `--target=${target}`,
    '--bundle',
    '--minify',
    '--log-level=warning',
  ]
  return [
    quoted(`${ROOT}node_modules/.bin/esbuild`),
    quoted(entry),
    ...options,
    quoted(`--banner:js=${banner.js}`),
    quoted(`--outfile=${outfile}`),
  ].join(' ')
}
