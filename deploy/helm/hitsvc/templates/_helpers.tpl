{{- define "hitsvc.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "hitsvc.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "hitsvc.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "hitsvc.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What chooses our pods: never changed, since it cannot be. */}}
{{- define "hitsvc.selector" -}}
app.kubernetes.io/name: {{ include "hitsvc.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: app
{{- end -}}

{{- define "hitsvc.labels" -}}
app.kubernetes.io/name: {{ include "hitsvc.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "hitsvc.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "hitsvc.external" -}}
{{- if eq .Values.store.mode "external" }}true{{ end -}}
{{- end -}}

{{- define "hitsvc.secret" -}}
{{- default (printf "%s-store" (include "hitsvc.fullname" .)) .Values.store.existingSecret -}}
{{- end -}}

{{- define "hitsvc.replicas" -}}
{{- if not (include "hitsvc.external" .) }}1
{{- else if .Values.autoscaling.enabled }}{{ .Values.autoscaling.minReplicas }}
{{- else }}{{ .Values.replicas }}
{{- end -}}
{{- end -}}

{{/* What the values say that cannot be. */}}
{{- define "hitsvc.check" -}}
{{- $external := include "hitsvc.external" . -}}
{{- with .Values -}}
{{- if and $external (not .store.existingSecret) (not .store.url) -}}
{{- fail "store.mode is external: name a Secret with the store's URL in store.existingSecret (kubectl create secret generic hitsvc-store --from-literal=redis-url=redis://...), or give the URL in store.url" -}}
{{- end -}}
{{- if and .store.existingSecret .store.url -}}
{{- fail "store.existingSecret and store.url are both set: give one of them" -}}
{{- end -}}
{{- if and (not $external) (or .store.existingSecret .store.url) -}}
{{- fail "store.mode is embedded, and a store is named in store.existingSecret or store.url: set store.mode to external, or name none" -}}
{{- end -}}
{{- if and .store.adminKey (not .store.existingSecret) -}}
{{- fail "store.adminKey is a key of the Secret in store.existingSecret: name that, or leave store.adminKey empty" -}}
{{- end -}}
{{- if and .autoscaling.enabled (not $external) -}}
{{- fail "autoscaling.enabled needs more than one pod, and store.mode embedded has one: set store.mode to external, or autoscaling.enabled to false" -}}
{{- end -}}
{{- if and .autoscaling.enabled (gt (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas)) -}}
{{- fail (printf "autoscaling.minReplicas is %v, above autoscaling.maxReplicas, which is %v: swap them" .autoscaling.minReplicas .autoscaling.maxReplicas) -}}
{{- end -}}
{{- if and .metrics.serviceMonitor.enabled (not .metrics.enabled) -}}
{{- fail "metrics.serviceMonitor.enabled finds no metrics: set metrics.enabled to true" -}}
{{- end -}}
{{- if and .metrics.prometheusRule.enabled (not .metrics.enabled) -}}
{{- fail "metrics.prometheusRule.enabled judges metrics that are not there: set metrics.enabled to true" -}}
{{- end -}}
{{- if and .ingress.enabled (not .ingress.hosts) -}}
{{- fail "ingress.enabled needs a name that leads to it: ingress.hosts, such as [hits.example.org]" -}}
{{- end -}}
{{- range $name, $instead := dict "HITSVC_REDIS_URL" "store" "HITSVC_REDIS_URL_FILE" "store" "HITSVC_ADMIN_REDIS_URL" "store.adminKey" "HITSVC_ADMIN_REDIS_URL_FILE" "store.adminKey" "HITSVC_WORKERS" "workers" "HITSVC_DRAIN_SECONDS" "stop.drainSeconds" "HITSVC_FORWARDED_ALLOW_IPS" "trustedProxies" "HITSVC_CLIENT_HEADER" "clientHeader" "HITSVC_METRICS_BIND" "metrics" "HITSVC_EMBEDDED_MEMORY" "store.embedded.memory" "HITSVC_DATA_DIR" "store.embedded" "HITSVC_BIND" "service" -}}
{{- if hasKey $.Values.settings $name -}}
{{- fail (printf "settings.%s: the chart sets it; use %s" $name $instead) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A setting as text: YAML reads on and off as true and false, and Helm a million as 1e+06. */}}
{{- define "hitsvc.text" -}}
{{- if kindIs "bool" . -}}
{{ ternary "on" "off" . }}
{{- else if and (kindIs "float64" .) (eq (floor .) .) -}}
{{ printf "%.0f" . }}
{{- else -}}
{{ . }}
{{- end -}}
{{- end -}}

{{/* The settings, for the ConfigMap and for the checksum that restarts pods. */}}
{{- define "hitsvc.settings" -}}
HITSVC_WORKERS: {{ .Values.workers | quote }}
HITSVC_FORWARDED_ALLOW_IPS: {{ prepend .Values.trustedProxies "127.0.0.1" | join "," | quote }}
{{- with .Values.clientHeader }}
HITSVC_CLIENT_HEADER: {{ . | quote }}
{{- end }}
{{- if .Values.metrics.enabled }}
HITSVC_METRICS_BIND: {{ printf "0.0.0.0:%v" .Values.metrics.port | quote }}
{{- end }}
{{- if include "hitsvc.external" . }}
HITSVC_REDIS_URL_FILE: /run/hitsvc/redis-url
HITSVC_DRAIN_SECONDS: {{ .Values.stop.drainSeconds | quote }}
{{- with .Values.store.adminKey }}
HITSVC_ADMIN_REDIS_URL_FILE: /run/hitsvc/admin-redis-url
{{- end }}
{{- else }}
HITSVC_REDIS_URL: embedded
# A directory of its own in the volume, which nobody else may read.
HITSVC_DATA_DIR: /data/hitsvc
HITSVC_EMBEDDED_MEMORY: {{ .Values.store.embedded.memory | int | quote }}
{{- end }}
{{- range $name, $value := .Values.settings }}
{{ $name }}: {{ include "hitsvc.text" $value | quote }}
{{- end }}
{{- end -}}

{{- define "hitsvc.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "hitsvc.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* The image has no shell; Kubernetes itself can wait since 1.30. */}}
{{- define "hitsvc.preStop" -}}
{{- if semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version -}}
sleep:
  seconds: {{ .Values.stop.preStopSeconds }}
{{- else -}}
exec:
  command: [python, -I, -S, -c, "import time; time.sleep({{ .Values.stop.preStopSeconds }})"]
{{- end -}}
{{- end -}}

{{/* Above preStop, the lame-duck time, the 10 s of what was begun, and the store's save. */}}
{{- define "hitsvc.grace" -}}
{{- if include "hitsvc.external" . -}}
{{- add .Values.stop.preStopSeconds .Values.stop.drainSeconds 20 -}}
{{- else }}60
{{- end -}}
{{- end -}}

{{- define "hitsvc.pod" -}}
metadata:
  labels:
    {{- include "hitsvc.selector" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/settings: {{ include "hitsvc.settings" . | sha256sum }}
    {{- if .Values.store.url }}
    checksum/store: {{ .Values.store.url | sha256sum }}
    {{- end }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  automountServiceAccountToken: false
  # A Service called hitsvc would put HITSVC_PORT and others of no meaning into the pods.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ include "hitsvc.grace" . }}
  securityContext:
    {{- include "hitsvc.podSecurity" . | nindent 4 }}
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if and .Values.spread (include "hitsvc.external" .) }}
  topologySpreadConstraints:
    {{- range tuple "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "hitsvc.selector" $ | nindent 10 }}
    {{- end }}
  {{- end }}
  containers:
    - name: hitsvc
      image: {{ include "hitsvc.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      securityContext:
        {{- include "hitsvc.containerSecurity" . | nindent 8 }}
      envFrom:
        - configMapRef:
            name: {{ include "hitsvc.fullname" . }}
      ports:
        - name: http
          containerPort: 8000
          protocol: TCP
        {{- if .Values.metrics.enabled }}
        - name: metrics
          containerPort: {{ .Values.metrics.port }}
          protocol: TCP
        {{- end }}
      # Until the store takes hits. So a rollout with a wrong store stops at its first pod.
      startupProbe:
        httpGet: {path: /readyz, port: http}
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 150
      livenessProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      # Not /readyz: while the store is away it fails in all pods at once, and visitors would
      # get the ingress' error page instead of a badge that says "unavailable".
      readinessProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 2
        timeoutSeconds: 3
        failureThreshold: 2
      {{- if and (include "hitsvc.external" .) .Values.stop.preStopSeconds }}
      lifecycle:
        preStop:
          {{- include "hitsvc.preStop" . | nindent 10 }}
      {{- end }}
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- if include "hitsvc.external" . }}
        - name: store
          mountPath: /run/hitsvc
          readOnly: true
        {{- else }}
        - name: data
          mountPath: /data
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {medium: Memory, sizeLimit: 16Mi}
    {{- if include "hitsvc.external" . }}
    - name: store
      secret:
        secretName: {{ include "hitsvc.secret" . }}
        defaultMode: 0440
        items:
          - key: {{ .Values.store.key }}
            path: redis-url
          {{- with .Values.store.adminKey }}
          - key: {{ . }}
            path: admin-redis-url
          {{- end }}
    {{- end }}
{{- end -}}
