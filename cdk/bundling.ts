import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { esbuildSettings } from './esbuild-settings.ts'

/** The same settings as CDK's construct writes them; esbuild runs on this machine, never in Docker. */
export const BUNDLING: BundlingOptions = {
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
