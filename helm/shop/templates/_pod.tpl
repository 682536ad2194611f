{{/* Fields that all pods of a service share: (dict "root" $ "service" service "component" "api"). */}}
{{- define "shop.podMetadata" -}}
labels:
  {{- include "shop.selector" (dict "root" .root "name" .service.name "component" .component) | nindent 2 }}
  {{- include "shop.partOf" .root | nindent 2 }}
annotations:
  checksum/config: {{ include "shop.settings" . | sha256sum }}
  {{- with .service.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "shop.podSpec" -}}
serviceAccountName: {{ .service.name }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- include "shop.podSecurity" . | nindent 2 }}
{{- with .service.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .service.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .service.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "shop.selector" (dict "root" .root "name" .service.name "component" .component) | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
volumes:
  {{- include "shop.volumes" . | nindent 2 }}
{{- end }}

{{- define "shop.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* The securityContext of a container; the argument is the root context. */}}
{{- define "shop.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: {{ not .Values.development.reload }}
{{- end }}

{{- define "shop.volumes" -}}
- name: tmp
  emptyDir: {}
{{- if include "shop.usesSqlite" .root }}
- name: data
  {{- if .root.Values.database.persistence.enabled }}
  persistentVolumeClaim:
    claimName: {{ .service.name }}
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- end }}
{{- if .root.Values.development.reload }}
- name: reload
  configMap:
    name: shop-reload
{{- end }}
{{- end }}
